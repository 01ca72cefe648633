// Words of tables that a line end divides. Ids, paths and raw lines are no words: they may be.
(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest("td, th") || text.parentElement.closest("code, details:not([open])")) continue;
    for (const word of text.data.matchAll(/(?<![\w./:-])[A-Za-z]{3,16}(?![\w./:-])/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
})()
