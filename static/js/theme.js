// Sets light or dark before the first paint: what the signed-in person has chosen, else this browser, else the system.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  // Of the profile: light, dark or system; nothing while nobody is signed in.
  let own = root.dataset.theme;

  function stored() {
    try {
      return window.localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off in this browser
    }
  }

  // So that the sign-in page of this browser looks the same.
  function keep(theme) {
    try {
      if (theme === "system") {
        window.localStorage.removeItem("theme");
      } else {
        window.localStorage.setItem("theme", theme);
      }
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

  function current() {
    const theme = own ?? stored();
    return theme === "light" || theme === "dark" ? theme : system.matches ? "dark" : "light";
  }

  function choose(theme, form) {
    keep(theme);
    show(theme);
    if (form) {
      own = theme;
      const body = new FormData(form);
      body.set("theme", theme);
      window.fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  }

  if (own) {
    keep(own);
  }
  show(current());
  system.addEventListener("change", () => show(current()));
  document.addEventListener("DOMContentLoaded", () => {
    show(current());
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.addEventListener("click", () =>
        choose(root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark", button.form),
      );
    }
  });
})();
