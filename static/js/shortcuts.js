// Jumps by keyboard: "/" to the search, "g" and a letter to a tab, "?" to the list of them. A person can switch them
// off in the account menu. They are held back where somebody writes, and with any other key held.
(() => {
  "use strict";
  const WAIT = 1500;
  const list = document.getElementById("shortcuts");
  const box = document.getElementById("shortcuts-on");
  let isJumping = false;

  function isOn() {
    try {
      return window.localStorage.getItem("shortcuts") !== "off";
    } catch {
      return true; // storage is switched off in this browser
    }
  }

  function keep(isWanted) {
    try {
      window.localStorage.setItem("shortcuts", isWanted ? "on" : "off");
    } catch {
      // the choice then lasts as long as the page
    }
  }

  function isWriting() {
    return document.activeElement?.closest("input, textarea, select, [contenteditable]");
  }

  function jump(key) {
    const to = list.querySelector(`a[data-jump="${CSS.escape(key)}"]`);
    if (to) {
      window.location.assign(to.href);
    }
  }

  function search() {
    const field = document.getElementById("q");
    if (field) {
      field.focus();
    } else {
      jump("/");
    }
  }

  function act(key) {
    if (isJumping) {
      isJumping = false;
      jump(key);
    } else if (key === "g") {
      isJumping = true;
      window.setTimeout(() => {
        isJumping = false;
      }, WAIT);
    } else if (key === "/") {
      search();
    } else if (key === "?") {
      list.showModal();
    } else {
      return false;
    }
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const isFree = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing && !list.open;
    if (isFree && box.checked && !isWriting() && act(event.key)) {
      event.preventDefault();
    }
  });

  box.checked = isOn();
  for (const part of document.querySelectorAll("[data-shortcuts]")) {
    part.hidden = false;
  }
  box.addEventListener("change", () => keep(box.checked));
  document.querySelector("[data-shortcuts-list]").addEventListener("click", () => list.showModal());
  // Whoever was led here by "/" writes at once.
  if (window.location.hash === "#q") {
    document.getElementById("q")?.focus();
  }
})();
