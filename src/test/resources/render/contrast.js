// Contrast of every visible text with what lies behind it, by WCAG 2.2; returns how many texts there are and which fail.
(() => {
  const parse = (c) => { const m = c.match(/[\d.]+/g); return m ? m.map(Number) : [0, 0, 0, 0]; };
  const alpha = (c) => (c.length > 3 ? c[3] : 1);
  const over = (top, under) => top.slice(0, 3).map((v, i) => v * alpha(top) + under[i] * (1 - alpha(top)));
  const luminance = (c) => {
    const f = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2];
  };
  const ratio = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const canvas = matchMedia("print").matches ? [255, 255, 255] : null;
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const hop = e.closest && e.tagName === "g" ? e.querySelector(".box") : null;
      const colour = parse(hop ? getComputedStyle(hop).fill : getComputedStyle(e).backgroundColor);
      const stripes = getComputedStyle(e).backgroundImage.match(/rgb\([^)]*\)/);
      layers.push(stripes ? parse(stripes[0]) : colour);
      if (alpha(layers[layers.length - 1]) === 1) break;
    }
    let under = canvas || [255, 255, 255];
    for (const layer of layers.reverse()) under = over(layer, under);
    return under;
  };
  const failing = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || ["SCRIPT", "STYLE", "title"].includes(element.tagName)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width < 1 || box.right < 0 || style.visibility === "hidden") continue;
    texts++;
    const behind = ground(element);
    const svg = element.namespaceURI.endsWith("svg");
    const colour = over(parse(svg ? style.fill : style.color), behind);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const got = ratio(colour, behind);
    if (got < (large ? 3 : 4.5)) failing.push(`${text.slice(0, 40)}: ${got.toFixed(2)} (${element.className})`);
  }
  return { texts, failing: failing.slice(0, 20) };
})()
