(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("maximum").textContent);
  var bytes = Uint8Array.from(atob(data.codes), function (c) { return c.charCodeAt(0); });
  var codes = new DataView(bytes.buffer);
  var nYears = data.years.length, nLevels = data.probabilities.length;
  var form = document.getElementById("sliders");
  var target = document.getElementById("target"), growth = document.getElementById("growth");
  var none = data.growth.indexOf(0);

  // The log of a quantile of the running maximum: extra growth g, year k, probability i.
  function quantile(g, k, i) {
    var place = (g * nYears + k) * nLevels + i;
    return data.low + (data.span * codes.getUint16(2 * place, true)) / 65535;
  }

  // P(the running maximum is below a level), read linearly between two quantiles.
  function below(level, g, k) {
    if (level < quantile(g, k, 0)) { return 0; }
    if (level >= quantile(g, k, nLevels - 1)) { return 1; }
    var a = 0, b = nLevels - 1;
    while (b - a > 1) {
      var m = (a + b) >> 1;
      if (quantile(g, k, m) <= level) { a = m; } else { b = m; }
    }
    var x = quantile(g, k, a), y = quantile(g, k, b), p = data.probabilities;
    return p[a] + (y > x ? ((p[b] - p[a]) * (level - x)) / (y - x) : 0);
  }

  function probabilities(value, g) {
    return data.years.map(function (_, k) {
      return value <= data.last ? 1 : 1 - below(Math.log(value), g, k);
    });
  }

  function percent(p) {
    if (p === 0 || p === 1) { return (100 * p).toFixed(0) + " %"; }
    if (p < 0.0005) { return "<0.1 %"; }
    return p >= 0.9995 ? ">99.9 %" : (100 * p).toFixed(1) + " %";
  }

  function shown(x) {
    return x >= 1000 ? Math.round(x).toLocaleString("en-US") : String(Number(x.toPrecision(4)));
  }

  // The slider's thousand steps are even in logs; the target that was asked is met exactly.
  function valueOf(step) {
    if (step === asked) { return data.target; }
    return Number((data.lowest * Math.pow(data.highest / data.lowest, step / 1000)).toPrecision(4));
  }
  var asked = Math.round((1000 * Math.log(data.target / data.lowest)) / Math.log(data.highest / data.lowest));

  function medianYear(p) {
    for (var k = 0; k < p.length; k++) { if (p[k] >= 0.5 - 1e-12) { return String(data.years[k]); } }
    return "not by " + data.years[nYears - 1];
  }

  function draw() {
    var value = valueOf(Number(target.value)), g = Number(growth.value);
    var p = probabilities(value, g), points = 100 * data.growth[g];
    var words = shown(value) + (data.unit ? " " + data.unit : "");
    document.getElementById("target-now").textContent = words;
    target.setAttribute("aria-valuetext", words);
    var more = (points > 0 ? "+" : "") + Number(points.toFixed(1)) + " points";
    document.getElementById("growth-now").textContent = more;
    growth.setAttribute("aria-valuetext", more);
    document.getElementById("chance").textContent = percent(p[data.years.indexOf(data.by)]);
    document.getElementById("median").textContent = medianYear(p);
    var bars = document.getElementById("bars"), head = document.getElementById("tried-head");
    var row = document.getElementById("tried-row");
    p.forEach(function (x, k) {
      bars.children[k].style.height = Math.max(0, 100 * x) + "%";
      row.children[k + 1].textContent = percent(x);
      row.children[k + 1].setAttribute("data-p", String(x));
    });
    if (!head.children.length) { throw new Error("the table has no head"); }
  }

  function cell(kind, words, scope) {
    var made = document.createElement(kind);
    made.textContent = words;
    if (scope) { made.scope = scope; }
    return made;
  }

  var head = document.getElementById("tried-head"), row = document.getElementById("tried-row");
  head.appendChild(cell("th", "By the end of", "col"));
  row.appendChild(cell("th", "Probability", "row"));
  data.years.forEach(function (year) {
    var bar = document.createElement("span");
    if (year === data.by) { bar.className = "due"; }
    document.getElementById("bars").appendChild(bar);
    head.appendChild(cell("th", String(year), "col"));
    row.appendChild(cell("td", "", ""));
  });
  target.max = "1000";
  growth.max = String(data.growth.length - 1);

  function reset() { target.value = String(asked); growth.value = String(none); draw(); }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function (event) { event.preventDefault(); reset(); });
  target.addEventListener("input", draw);
  growth.addEventListener("input", draw);
  reset();
})();
