"""A sentence in each of the encodings that pages of its language were written in."""

SENTENCES = {
    "windows-1250": "Stary most na końcu wsi był zamknięty całą zimę. ",
    "windows-1251": "Старый мост в конце деревни был закрыт всю зиму. ",
    "windows-1252": "Die alte Brücke am Ende des Dorfes war gesperrt. ",
    "windows-1254": "Köyün sonundaki eski köprü bütün kış kapalıydı. ",
    "windows-1255": "הגשר הישן בקצה הכפר היה סגור כל החורף. ",
    "windows-1256": "كان الجسر القديم في نهاية القرية مغلقا طوال الشتاء. ",
    "iso-8859-7": "Η παλιά γέφυρα στο τέλος του χωριού ήταν κλειστή. ",
    "tis-620": "สะพานเก่าที่ท้ายหมู่บ้านปิดตลอดฤดูหนาว ",
    "euc-kr": "마을 끝의 오래된 다리는 겨울 내내 닫혀 있었다. ",
    "gb18030": "村口的老桥整个冬天都封着。",
    "euc-jp": "村はずれの古い橋は冬の間ずっと閉まっていた。",
    "shift_jis": "村はずれの古い橋は冬の間ずっと閉まっていた。",
}
