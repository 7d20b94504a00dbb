#!/bin/sh
# A worker in the shell: the text of a page's paragraphs. A header has its id first and its bytes
# last; a quotation mark inside a value is always escaped, so `, "url": ` is in no value.
echo '{"ready": true, "version": "1", "bytes": 0}'
while IFS= read -r header; do
    id=${header#*: } id=${id%%, \"url\": *} bytes=${header##*: } bytes=${bytes%\}}
    head -c "$bytes" | tr -d '\000' | iconv -c -f utf-8 -t utf-16 |
        iconv -c -f utf-16 -t utf-8 | awk '
        BEGIN { RS = "<" }
        /^[pP][ \n>]/ { inside = 1 }
        /^\/[pP][ \n>]/ { inside = 0; print "\n" }
        inside { sub(/^[^>]*>/, ""); printf "%s", $0 }' > text
    printf '{"id": %s, "outcome": "ok", "bytes": %d}\n' "$id" "$(wc -c < text)"
    cat text
done
