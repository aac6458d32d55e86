"use strict";
const picture = document.getElementById("picture");
const { data, layout } = JSON.parse(document.getElementById("figure").textContent);
const narrow = picture.clientWidth < 700;
const config = { displaylogo: false, plotlyServerURL: "", responsive: true, scrollZoom: !narrow && layout.dragmode === "pan",
  modeBarButtons: [["toImage"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]] };
if (narrow) {
  layout.dragmode = false; // a finger scrolls the page
  for (const trace of data) if (trace.meta === "wide") trace.visible = false;
  layout.xaxis.nticks = 4;
  layout.annotations = (layout.annotations || []).filter(one => one.name !== "wide");
}
Plotly.newPlot(picture, data, layout, config).then(() => {
  const address = event => event.points[0].customdata;
  picture.on("plotly_click", event => address(event) && window.open(address(event), "_blank", "noopener,noreferrer"));
  picture.on("plotly_hover", event => picture.classList.toggle("link", Boolean(address(event))));
  picture.on("plotly_unhover", () => picture.classList.remove("link"));
  picture.dataset.drawn = "yes";
});
