// A button that copies, beside each text that is made to be copied. Without this script the text can be selected.
"use strict";
(function () {
  const words = document.currentScript.dataset;
  if (!navigator.clipboard) return;
  for (const text of document.querySelectorAll(".call-text")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = words.copy;
    button.setAttribute("aria-describedby", text.getAttribute("aria-labelledby"));
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 2000);
    });
    text.before(button);
  }
})();
