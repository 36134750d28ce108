// What makes pages nicer with JavaScript. Everything works without it.
(() => {
  "use strict";

  // A page that answers a form forgets the form, so that loading it again asks for the page and sends nothing twice.
  const address = document.querySelector("[data-address]");
  if (address) {
    window.history.replaceState(null, "", address.dataset.address);
  }

  function selectText(field) {
    field.focus();
    window.getSelection().selectAllChildren(field);
    field.select?.();
  }

  async function copy(button, field) {
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
    } catch {
      selectText(field); // without permission the person copies by hand
      return;
    }
    const label = button.querySelector("[data-copy-label]");
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    window.setTimeout(() => {
      label.textContent = before;
    }, 2500);
  }

  function prepare(scope) {
    for (const button of scope.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button, document.getElementById(button.dataset.copy)));
    }
    for (const button of scope.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  }

  prepare(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) {
      prepare(event.target);
    }
  });

  // On a phone the tabs are a row that scrolls; the page's own is brought into sight.
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) {
    const row = tab.closest("ul");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }

  // The account menu closes on Escape and on a click elsewhere.
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector(".menu[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    const open = document.querySelector(".menu[open]");
    if (open && !open.contains(event.target)) {
      open.open = false;
    }
  });
})();
