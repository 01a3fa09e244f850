// Spares a reload while a job runs, and says that a file is too large before it is sent. All works without this.
"use strict";
(function () {
  const bar = document.getElementById("progress");
  if (bar) {
    const words = document.getElementById("progress-words");
    const look = async () => {
      try {
        const answer = await fetch(bar.dataset.address, { headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        const now = await answer.json();
        if (!now.under_way) { location.reload(); return; }
        if (now.total) { bar.max = now.total; bar.value = now.answered; }
        if (words.textContent !== now.words) words.textContent = now.words;
      } catch { /* the server is away for a moment */ }
      setTimeout(look, 1000);
    };
    setTimeout(look, 700);
  }
  for (const input of document.querySelectorAll("input[type=file][data-limit]")) {
    const form = input.form;
    input.addEventListener("change", () => {
      const large = input.files.length && input.files[0].size > Number(input.dataset.limit);
      input.setCustomValidity(large ? input.dataset.tooLarge : "");
      if (large) input.reportValidity();
    });
    form.addEventListener("submit", (event) => {
      if (!input.checkValidity() && input.validationMessage === input.dataset.tooLarge) {
        event.preventDefault();
        input.reportValidity();
      }
    });
  }
})();
