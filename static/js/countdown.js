// Keeps "in 23 hours" true while the page stands open; integrations/onboarding/spans.py says it first.
(() => {
  "use strict";

  const MINUTE = 60_000;
  const units = [
    { most: 90 * MINUTE, size: MINUTE, name: "minute" },
    { most: 48 * 60 * MINUTE, size: 60 * MINUTE, name: "hour" },
    { most: Infinity, size: 24 * 60 * MINUTE, name: "day" },
  ];
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");

  function tell() {
    for (const moment of document.querySelectorAll("time[data-until]")) {
      const left = new Date(moment.dateTime) - Date.now();
      if (left < MINUTE) {
        continue; // the last minute, and what is over, is told by the next page
      }
      const unit = units.find(({ most }) => left < most);
      moment.textContent = words.format(Math.floor(left / unit.size), unit.name);
    }
  }

  window.setInterval(tell, MINUTE / 2);
})();
