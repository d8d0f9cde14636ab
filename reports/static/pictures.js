// Draws the pictures that move with Vega-Lite; without it, and in print, their still ones stand.
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const config = () => ({
    background: "transparent",
    font: "sans-serif",
    view: { stroke: null },
    axis: {
      labelColor: colour("--ink"), titleColor: colour("--ink"), domainColor: colour("--soft"),
      tickColor: colour("--soft"), gridColor: colour("--line"), labelFontSize: 12, titleFontSize: 13,
    },
    legend: { labelColor: colour("--ink"), titleColor: colour("--ink"), orient: "bottom" },
    text: { color: colour("--ink") },
  });
  const draw = (figure) => {
    const spec = JSON.parse(figure.querySelector("template").content.textContent);
    const canvas = figure.querySelector(".canvas");
    const compiled = vegaLite.compile({ ...spec, config: config() }).spec;
    const view = new vega.View(vega.parse(compiled), { renderer: "svg" });
    canvas.replaceChildren();
    view.initialize(canvas).runAsync().then(() => {
      canvas.querySelectorAll("svg").forEach((svg) => {
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", figure.querySelector("figcaption").textContent.trim());
      });
      figure.classList.add("moves");
    });
  };
  const all = () => document.querySelectorAll("figure[data-picture]").forEach(draw);
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
})();
