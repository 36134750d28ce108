// Sets light or dark before the first paint: the person's choice, else the system's.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return window.localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off in this browser
    }
  }

  function keep(theme) {
    try {
      window.localStorage.setItem("theme", theme);
    } catch {
      // the choice then lasts as long as the page
    }
  }

  function show(theme) {
    root.setAttribute("data-bs-theme", theme);
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(theme === "dark"));
    }
  }

  const current = () => chosen() ?? (system.matches ? "dark" : "light");

  show(current());
  system.addEventListener("change", () => show(current()));
  document.addEventListener("DOMContentLoaded", () => {
    show(current());
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.addEventListener("click", () => {
        const theme = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
        keep(theme);
        show(theme);
      });
    }
  });
})();
