// Keys for who handles many cases a day. Every page works without this file.
// Keys are taken by their place on the keyboard, so that they are the same in Persian and Arabic.
(function () {
  "use strict";
  if (window.diwanKeys) { return; }
  window.diwanKeys = true;

  var OFF = "diwan.keys.off";

  function off() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; }
  }

  function typing(target) {
    return /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|submit|button)$/.test(target.type));
  }

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }

  function current() {
    var held = document.activeElement && document.activeElement.closest("[data-row]");
    return rows().indexOf(held);
  }

  function go(step) {
    var all = rows(), at = current();
    var next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    var link = all[next] && all[next].querySelector("[data-open]");
    if (link) { link.focus(); all[next].scrollIntoView({ block: "nearest" }); }
    return Boolean(link);
  }

  function tick() {
    var row = rows()[current()], box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.click(); }
    return Boolean(box);
  }

  function keys() {
    var panel = document.getElementById("keys");
    if (!panel) { return false; }
    panel.open = !panel.open;
    if (panel.open) { panel.querySelector("summary").focus(); panel.scrollIntoView({ block: "nearest" }); }
    return true;
  }

  function press(name) {
    var one = document.querySelector("[data-key='" + name + "']");
    if (!one) { return false; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName)) {
      var folded = one.closest("details");
      if (folded) { folded.open = true; }
      one.focus();
    } else if (one.tagName === "BUTTON" && /^[1-9]$/.test(name)) {
      one.focus();  // a step is taken by Enter, never by one key alone
    } else { one.click(); }
    return true;
  }

  function act(event) {
    if (event.key === "?" || event.key === "؟") { return keys(); }
    var digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code || "");
    if (digit) { return press(digit[1]); }
    var letter = /^Key([A-Z])$/.exec(event.code || "");
    if (!letter || event.shiftKey) { return false; }
    var name = letter[1].toLowerCase();
    if (name === "j") { return go(1); }
    if (name === "k") { return go(-1); }
    if (name === "x") { return tick(); }
    return press(name);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/^Key[JK]$/.test(event.code)) { return; }
    if (off() || typing(event.target)) { return; }
    if (act(event)) { event.preventDefault(); }
  });

  // Who speaks to the computer must be able to switch single keys off (WCAG 2.1.4).
  function draw() {
    var line = document.querySelector("[data-keys-off]");
    if (!line) { return; }
    var button = line.querySelector("button");
    line.hidden = false;
    button.textContent = off() ? button.dataset.on : button.dataset.off;
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-keys-off] button")) { return; }
    try { window.localStorage.setItem(OFF, off() ? "0" : "1"); } catch (error) { return; }
    draw();
  });
  document.addEventListener("htmx:afterSettle", draw);
  draw();
})();
