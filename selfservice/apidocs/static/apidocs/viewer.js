// Shows the description that stands beside this page. Nothing is asked of another host.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  // The person's choice in the product, else the system's.
  function isDark() {
    try {
      const chosen = window.localStorage.getItem("theme");
      return chosen ? chosen === "dark" : system.matches;
    } catch {
      return system.matches; // storage is switched off in this browser
    }
  }

  const show = () => root.classList.toggle("dark-mode", isDark());
  show();
  system.addEventListener("change", show);

  const place = document.getElementById("viewer");
  window.SwaggerUIBundle({
    domNode: place,
    url: new URL(place.dataset.document, window.location.href).href,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    // It would send the description to a service of the viewer's makers.
    validatorUrl: null,
  });
})();
