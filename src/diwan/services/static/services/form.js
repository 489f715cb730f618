// Only what makes filling in quicker: every page works without this file.
(function () {
  "use strict";

  var form = document.getElementById("filling");
  if (!form) {
    return;
  }
  form.classList.add("scripted");

  // What depends on an answer comes by itself. Nothing is stored by it; what is being typed, and a
  // file that was chosen, stay as they are.
  var asked = 0;

  form.addEventListener("change", function (event) {
    if (event.target.matches("[data-live]")) {
      bringUpToDate();
    }
  });

  function bringUpToDate() {
    var turn = ++asked;
    var sent = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "go" && name !== "once") {
        sent.append(name, value);
      }
    });
    sent.append("go", "update");
    form.setAttribute("aria-busy", "true");
    fetch(window.location.href, { method: "POST", body: sent, headers: { "X-Quick": "1" } })
      .then(function (answer) {
        return answer.ok ? answer.text() : "";
      })
      .then(function (text) {
        if (text && turn === asked) {
          merge(new DOMParser().parseFromString(text, "text/html").getElementById("filling-body"));
        }
      })
      .catch(function () {
        // Without a line the button stays for it.
        form.classList.remove("scripted");
      })
      .finally(function () {
        form.removeAttribute("aria-busy");
      });
  }

  function leaves(body) {
    return Array.prototype.filter.call(body.querySelectorAll("[data-block]"), function (block) {
      return !block.querySelector("[data-block]");
    });
  }

  // What a block asks, whatever was answered.
  function shape(block) {
    var copy = block.cloneNode(true);
    copy.removeAttribute("class");
    copy.querySelectorAll(".errorlist, .chosen").forEach(function (one) {
      one.remove();
    });
    copy.querySelectorAll("input, select, textarea, option").forEach(function (one) {
      ["checked", "selected", "aria-invalid", "aria-describedby"].forEach(function (name) {
        one.removeAttribute(name);
      });
      if (one.tagName === "TEXTAREA" || one.type === "text") {
        one.removeAttribute("value");
        one.textContent = "";
      }
    });
    return copy.outerHTML.replace(/\s+/g, " ");
  }

  function merge(fresh) {
    var body = document.getElementById("filling-body");
    if (!fresh || !body) {
      return;
    }
    var there = {};
    leaves(body).forEach(function (block) {
      there[block.dataset.block] = block;
    });
    var focused = document.activeElement && body.contains(document.activeElement) ? document.activeElement.id : "";
    leaves(fresh).forEach(function (block) {
      var known = there[block.dataset.block];
      if (known && shape(known) === shape(block)) {
        block.replaceWith(known);
      }
    });
    body.replaceChildren.apply(body, Array.prototype.slice.call(fresh.childNodes));
    var again = focused ? document.getElementById(focused) : null;
    if (again) {
      again.focus({ preventScroll: true });
    }
    placeButtons();
  }

  // Where the telephone is, if it may say so.
  function placeButtons() {
    form.querySelectorAll("[data-use-place]").forEach(function (button) {
      button.parentElement.hidden = !navigator.geolocation;
    });
  }

  form.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-use-place]") : null;
    if (!button) {
      return;
    }
    var inputs = button.closest("[data-place]").querySelectorAll("input");
    navigator.geolocation.getCurrentPosition(
      function (found) {
        inputs[0].value = found.coords.latitude.toFixed(6);
        inputs[1].value = found.coords.longitude.toFixed(6);
      },
      function () {
        button.nextElementSibling.textContent = button.dataset.refused;
      },
      { enableHighAccuracy: true, timeout: 15000 }
    );
  });

  placeButtons();

  // At the counter one begins to write at once.
  if (form.hasAttribute("data-begin") && !form.querySelector("[data-focus]")) {
    var first = form.querySelector(".filling-body input:not([type=hidden]), .filling-body select, .filling-body textarea");
    if (first) {
      first.focus();
    }
  }
})();
