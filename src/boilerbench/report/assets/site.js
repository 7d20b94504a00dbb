// What the whole of the report's first page has: its theme, buttons that copy, what is printed.
"use strict";

(() => {
  const { $ } = window.boilerbenchParts;

  function dark() {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function startTheme() {
    const show = () => { // what a press gives
      $("theme").textContent = dark() ? "Light" : "Dark";
      $("theme").setAttribute("aria-label", `${$("theme").textContent} theme`);
    };
    $("theme").hidden = false;
    show();
    $("theme").addEventListener("click", () => {
      document.documentElement.dataset.theme = dark() ? "light" : "dark";
      try {
        localStorage.setItem("boilerbench-theme", document.documentElement.dataset.theme);
      } catch { /* a browser may refuse storage to files */ }
      show();
    });
  }

  async function copy(button) {
    const source = $(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch { // not every browser lets a file write there
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  startTheme();
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      details.open = true;
      details.dataset.printed = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const details of document.querySelectorAll("details[data-printed]")) {
      details.open = false;
      delete details.dataset.printed;
    }
  });
})();
