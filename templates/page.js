"use strict";
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
