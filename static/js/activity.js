// The live view keeps its newest 200 rows. What polls, and what pauses it, are htmx attributes.
(() => {
  "use strict";
  const MOST = 200;

  document.addEventListener("htmx:oobAfterSwap", () => {
    const rows = document.querySelectorAll("#call-rows > tr");
    for (const row of Array.from(rows).slice(MOST)) {
      row.remove();
    }
  });
  // What polls goes on asking; its next answer takes the place of these words.
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const line = event.target.closest?.("#live");
      if (line) {
        line.querySelector("[data-live-words]").textContent = line.dataset.away;
      }
    });
  }
  // Whoever pauses or goes on by keyboard stays on the button, which is a new one after each answer.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const isHeld = document.activeElement?.id === "live-switch" && event.target.id !== "live-switch";
    if (isHeld) {
      event.detail.xhr.addEventListener("loadend", () => {
        window.setTimeout(() => document.getElementById("live-switch")?.focus(), 60);
      });
    }
  });
})();
