#!/usr/bin/env python3
"""Draws what `cargo bench -p bitacora-sea --bench scale -- 1 10 100` printed: seconds over fixes, both logarithmic, with the
line n log n through the first point of each detector. Standard library only: `plot_scale.py scale.csv > docs/scale.svg`."""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 460, 70, 24, 170, 52
COLOURS = ["#1b5e8c", "#b3541e", "#3d7a3d", "#7a3d7a", "#8c1b3d", "#555555"]


def main() -> None:
    series: dict[str, list[tuple[float, float]]] = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if "," in line):
            series.setdefault(row["detector"], []).append((float(row["fixes"]), float(row["seconds"])))
    points = [point for values in series.values() for point in values]
    x0, x1 = math.floor(math.log10(min(p[0] for p in points))), math.ceil(math.log10(max(p[0] for p in points)))
    y0, y1 = math.floor(math.log10(min(p[1] for p in points))), math.ceil(math.log10(max(p[1] for p in points)))

    def place(fixes: float, seconds: float) -> tuple[float, float]:
        across = (math.log10(fixes) - x0) / (x1 - x0)
        up = (math.log10(seconds) - y0) / (y1 - y0)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(x0, x1 + 1):
        x, _ = place(10**power, 10**y0)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        label = f"{10 ** (power - 6):g} M" if power >= 6 else f"{10**power:g}"
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{label}</text>')
    for power in range(y0, y1 + 1):
        _, y = place(10**x0, 10**power)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">fixes</text>')
    out.append(
        f'<text x="16" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 {HEIGHT / 2})">seconds of one core</text>'
    )
    labels = sorted(((place(*values[-1])[1], name) for name, values in series.items()))
    heights: dict[str, float] = {}
    lowest = -math.inf
    for y, name in labels:
        lowest = max(y, lowest + 17)
        heights[name] = lowest
    for colour, (name, values) in zip(COLOURS, series.items()):
        first = values[0]
        guide = [(n, first[1] * n * math.log(n) / (first[0] * math.log(first[0]))) for n, _ in values]
        for dashed, way in ((True, guide), (False, values)):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in way))
            dash = ' stroke-dasharray="3 4" stroke-width="1"' if dashed else ' stroke-width="2"'
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}"{dash}/>')
        for point in values:
            x, y = place(*point)
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        out.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{heights[name] + 4:.1f}" fill="{colour}">{name}, '
            f"{values[-1][0] / values[-1][1] / 1e6:.1f} M/s</text>"
        )
    out.append("</svg>")
    print("\n".join(out))


if __name__ == "__main__":
    main()
