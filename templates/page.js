"use strict";
// Times within texts get the element that times of their own have. One without a date is the next to the one before it.
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (text) =>
  text.parentElement.closest("script, style, svg") || !/\d\d:\d\d:\d\d(\.\d+)?Z/.test(text.data)
    ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
const found = [];
while (texts.nextNode()) {
  found.push(texts.currentNode);
}
const day = 86400000;
let before = NaN;
const moment = (text) => {
  if (text.length > "00:00:00.000000Z".length) {
    return Date.parse(text.replace(" ", "T"));
  }
  const at = Date.parse("1970-01-01T" + text);
  return at + Math.round((before - at) / day) * day;
};
for (const text of found) {
  const own = text.parentElement.closest("time[datetime]");
  if (own) {
    before = Date.parse(own.getAttribute("datetime"));
    continue;
  }
  const parts = text.data.split(/((?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)/);
  text.replaceWith(...parts.map((part, i) => {
    const at = i % 2 ? moment(part) : NaN;
    if (Number.isNaN(at)) {
      return part;
    }
    before = at;
    const time = document.createElement("time");
    time.setAttribute("datetime", new Date(at).toISOString());
    time.textContent = part;
    return time;
  }));
}
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.getAttribute("datetime"));
  if (!Number.isNaN(at.getTime())) {
    time.title = at.toLocaleString() + " (your time)";
  }
}
for (const command of document.querySelectorAll(".command")) {
  const button = command.querySelector("button");
  const code = command.querySelector("code");
  const say = (word) => { button.textContent = word; setTimeout(() => { button.textContent = "Copy"; }, 2000); };
  const select = () => { getSelection().selectAllChildren(code); };
  button.addEventListener("click", () => {
    if (!navigator.clipboard) {
      select();
      say(document.execCommand("copy") ? "Copied" : "Selected");
      return;
    }
    navigator.clipboard.writeText(code.textContent).then(() => say("Copied"), () => { select(); say("Selected"); });
  });
  button.hidden = false;
  command.classList.add("has-button");
}
