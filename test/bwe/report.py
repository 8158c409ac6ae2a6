#!/usr/bin/env python3
# report.py BWE.json [--html FILE] [--docs FOLDER]: plots of what `bwe` measured. --html writes one page with everything;
# --docs writes the plots of PLOTTED as SVG files and replaces the tables in FOLDER/congestion-control.md between its
# marks.
import argparse
import html
import json
import os
import re

# What the document shows; everything is on the page.
PLOTTED = [("rfc8867_5_1_50ms", "adaptive"), ("rfc8867_5_1_50ms", "simulcast"), ("rfc8867_5_2", "adaptive"),
           ("rfc8867_5_4", "adaptive"), ("rfc8867_5_5", "adaptive"), ("rfc8867_5_6_300ms", "adaptive"),
           ("cross_traffic", "adaptive"), ("next_layer_3000", "simulcast")]
COLOURS = ["#1f6fb4", "#d1701c", "#2e8b57", "#8a4fbf", "#b03a48"]
WIDTH, RATE_HEIGHT, QUEUE_HEIGHT, LEFT, RIGHT, TOP = 760, 190, 70, 52, 12, 22


def nice_top(value):
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        power = 10 ** (len(str(int(max(value, 1)))) - 1)
        if value <= step * power:
            return step * power
    return value


def path_of(values, step, x, y):
    points = [f"{x((i + 0.5) * step):.0f},{y(v):.0f}" for i, v in enumerate(values)]
    return "M" + "L".join(points) if points else ""


class Plot:
    """Rates above, queueing delay below, over the time of the run."""

    def __init__(self, case):
        self.case, self.run, self.parts = case, case["run"], []
        self.length = self.run["length_s"]
        self.flows = self.run["media"]
        self.others = self.run.get("tcp", [])[:1]

    def x(self, second):
        return LEFT + second / self.length * (WIDTH - LEFT - RIGHT)

    def line(self, d, colour, width=1.4, extra=""):
        self.parts.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"{extra}/>')

    def text(self, x, y, text, anchor="start"):
        self.parts.append(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{html.escape(text)}</text>')

    def axis(self, top, height, highest, unit):
        for part in (0, 0.5, 1):
            y = top + height * (1 - part)
            self.line(f"M{LEFT},{y:.0f}H{WIDTH - RIGHT}", "#8884", 1)
            self.text(LEFT - 5, y + 4, f"{highest * part:g}", "end")
        self.text(LEFT + 4, top + 10, unit)

    def cut(self, flow, key):
        return flow[key][: int(self.length / flow["step_s"])]

    def rates(self):
        line = self.run.get("line", [])
        highest = max([v for f in self.flows + self.others for v in self.cut(f, "arrived")] + [kbps for _, kbps in line])
        highest = nice_top(min(highest, 6000))

        def y(kbps):
            return TOP + RATE_HEIGHT * (1 - min(kbps, highest) / highest)

        self.axis(TOP, RATE_HEIGHT, highest, "kbit/s")
        if line:
            d = ""
            for i, (at, kbps) in enumerate(line):
                end = line[i + 1][0] if i + 1 < len(line) else self.length
                d += f"{'L' if d else 'M'}{self.x(at):.0f},{y(kbps):.0f}L{self.x(end):.0f},{y(kbps):.0f}"
            self.line(d, "#888", 2, ' stroke-dasharray="5 3"')
        for flow in self.others:
            self.line(path_of(self.cut(flow, "arrived"), flow["step_s"], self.x, y), "#999", 1)
        for i, flow in enumerate(self.flows):
            colour = COLOURS[i % len(COLOURS)]
            if len(self.flows) == 1:
                self.line(path_of(self.cut(flow, "target"), flow["step_s"], self.x, y), "#d1701c", 1)
            self.line(path_of(self.cut(flow, "arrived"), flow["step_s"], self.x, y), colour)

    def queues(self):
        top = TOP + RATE_HEIGHT + 18
        highest = nice_top(max([50] + [v for f in self.flows for v in self.cut(f, "queue")]))
        self.axis(top, QUEUE_HEIGHT, highest, "queueing delay, ms, highest in 0.5 s")
        for i, flow in enumerate(self.flows):
            d = path_of(self.cut(flow, "queue"), flow["step_s"], self.x,
                        lambda ms: top + QUEUE_HEIGHT * (1 - min(ms, highest) / highest))
            self.line(d, COLOURS[i % len(COLOURS)], 1)
        for second in range(0, self.length + 1, 20 if self.length <= 160 else 50):
            self.text(self.x(second), top + QUEUE_HEIGHT + 14, f"{second} s", "middle")

    def svg(self):
        self.rates()
        self.queues()
        names = [f["name"] for f in self.flows] + ["tcp" for _ in self.others]
        colours = COLOURS[: len(self.flows)] + ["#999"] * len(self.others)
        if len(self.flows) == 1:
            names, colours = names + ["target"], colours + ["#d1701c"]
        x = LEFT
        for name, colour in zip(names, colours):
            self.parts.append(f'<rect x="{x}" y="6" width="10" height="10" fill="{colour}"/>')
            self.text(x + 14, 15, name)
            x += 30 + 7 * len(name)
        height = TOP + RATE_HEIGHT + 18 + QUEUE_HEIGHT + 20
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
                f'font-size="11" fill="#777">' + "".join(self.parts) + "</svg>")


def number(value, unit):
    if value >= 1e6:
        return "never"
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def bound(figure):
    parts = [f"≥ {figure['min']:g}"] if "min" in figure else []
    parts += [f"≤ {figure['max']:g}"] if "max" in figure else []
    return ", ".join(parts)


def goal(figure):
    if "goal" not in figure:
        return ""
    return f"{figure['goal']:g}" + ("" if figure["reached"] else " (not reached)")


def rows(case):
    for figure in case["figures"]:
        yield figure["name"], number(figure["value"], figure["unit"]), bound(figure), goal(figure), figure["good"]


def write_html(cases, seeds, path):
    out = ["<!doctype html><html lang=en><meta charset=utf-8><title>Congestion control, measured</title><style>",
           "body{font:15px/1.45 sans-serif;max-width:820px;margin:2em auto;padding:0 1em;color-scheme:light dark}",
           "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:2px 8px;border-bottom:1px solid #8884}",
           ".bad{color:#c22;font-weight:bold}</style><h1>Congestion control, measured</h1>",
           f"<p>The worst of {seeds} seeds; the plots are of the first. Dashed: what the line carries.</p>"]
    for case in cases:
        out.append(f"<h2>{html.escape(case['title'])}, {case['source']} source</h2>{Plot(case).svg()}<table>")
        out.append("<tr><th>figure<th>measured<th>bound<th>goal")
        for name, value, limits, aim, good in rows(case):
            mark = "" if good else ' class="bad"'
            out.append(f"<tr{mark}><td>{html.escape(name)}<td>{value}<td>{limits}<td>{aim}")
        out.append("</table>")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def write_docs(cases, seeds, folder):
    plots = os.path.join(folder, "congestion-control")
    os.makedirs(plots, exist_ok=True)
    text = [f"The worst of {seeds} seeds. Plots are of the first seed; dashed is what the line carries.", ""]
    for case in cases:
        text += [f"### {case['title']}, {case['source']} source", ""]
        if (case["name"], case["source"]) in PLOTTED:
            name = f"{case['name']}-{case['source']}.svg"
            with open(os.path.join(plots, name), "w", encoding="utf-8") as file:
                file.write(Plot(case).svg() + "\n")
            text += [f"![]({os.path.basename(plots)}/{name})", ""]
        text += ["| figure | measured | bound | goal |", "|---|---|---|---|"]
        text += [f"| {name} | {value} | {limits} | {aim} |" for name, value, limits, aim, _ in rows(case)]
        text.append("")
    path = os.path.join(folder, "congestion-control.md")
    with open(path, encoding="utf-8") as file:
        document = file.read()
    marks = r"(<!-- figures: written by scripts/bwe --docs -->\n).*?(<!-- end of figures -->)"
    document, found = re.subn(marks, lambda m: m[1] + "\n".join(text) + m[2], document, flags=re.DOTALL)
    if not found:
        raise SystemExit(f"{path} lacks the marks between which the figures stand")
    with open(path, "w", encoding="utf-8") as file:
        file.write(document)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("json")
    parser.add_argument("--html")
    parser.add_argument("--docs")
    arguments = parser.parse_args()
    with open(arguments.json, encoding="utf-8") as file:
        measured = json.load(file)
    if arguments.html:
        write_html(measured["cases"], measured["seeds"], arguments.html)
    if arguments.docs:
        write_docs(measured["cases"], measured["seeds"], arguments.docs)


if __name__ == "__main__":
    main()
