// Only what makes things quicker: every page works without this file.
(function () {
  "use strict";

  // Ask once more where a form or button says so.
  document.addEventListener("submit", function (event) {
    var asker = event.submitter && event.submitter.dataset.confirm ? event.submitter : event.target;
    var question = asker.dataset ? asker.dataset.confirm : "";
    if (question && !window.confirm(question)) {
      event.preventDefault();
    }
  });

  // "/" goes to the search box, unless something is being typed.
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    var box = document.querySelector("[data-shortcut='/']");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  // Say the chosen file's name and size under its input.
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches || !input.matches("input[type=file][data-echo]")) {
      return;
    }
    var line = input.nextElementSibling;
    if (!line || !line.classList.contains("chosen")) {
      line = document.createElement("p");
      line.className = "chosen";
      line.setAttribute("role", "status");
      input.after(line);
    }
    line.textContent = Array.prototype.map.call(input.files, function (file) {
      return "\u2068" + file.name + "\u2069";
    }).join("، ");
  });

  // After a wrong answer the reader starts at the summary of what to mend; on a fresh page the
  // browser does that itself (autofocus).
  function focusErrors() {
    var summary = document.querySelector("[data-focus]");
    if (summary) {
      summary.focus();
    }
  }

  // A page that htmx brought begins, for a screen reader, at its content.
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target === document.body) {
      var main = document.getElementById("main");
      if (main) {
        main.focus({ preventScroll: true });
      }
      focusErrors();
    }
  });
})();
