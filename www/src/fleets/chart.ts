import "uplot/dist/uPlot.min.css";
import type uPlot from "uplot";
import { type Sample, STATUSES } from "../storage/fleet-record.ts";
import { element } from "../ui/elements.ts";
import { clock } from "../ui/format.ts";

const HEIGHT = 140;
const DRAW_MS = 500;
/** What may lie between two times that are written, in seconds: whole ones, as a clock is read. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Statuses over time, stacked. The bar above it tells the same of now, in words; so it is a picture without a text of its own. */
export class FleetChart {
  readonly element = element("div", "fleet-chart");
  #chart: uPlot | undefined;
  #samples: readonly Sample[] = [];
  #startedAt = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #sizes = new ResizeObserver(() => this.#fit());
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #recolour = () => void this.#make();

  constructor() {
    this.element.setAttribute("aria-hidden", "true");
    this.element.hidden = true;
    this.#sizes.observe(this.element);
    this.#scheme.addEventListener("change", this.#recolour);
  }

  show(samples: readonly Sample[], startedAt: number): void {
    if (samples === this.#samples) return;
    this.#samples = samples;
    this.#startedAt = startedAt;
    // A line needs two points.
    if (samples.length < 2) return;
    this.element.hidden = false;
    const wait = this.#drawnAt + DRAW_MS - performance.now();
    this.#timer ??= setTimeout(() => this.#draw(), Math.max(0, wait));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
    this.#scheme.removeEventListener("change", this.#recolour);
    this.#chart?.destroy();
  }

  #draw(): void {
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    if (this.#chart) this.#chart.setData(this.#data());
    else void this.#make();
  }

  async #make(): Promise<void> {
    // Loaded with the first fleet: a page without one has no use for it.
    const { default: Plot } = await import("uplot");
    if (this.#samples.length < 2) return;
    this.#chart?.destroy();
    const colour = (name: string) => getComputedStyle(this.element).getPropertyValue(name).trim();
    const stepped = Plot.paths.stepped?.({ align: 1 });
    const series = [...STATUSES].reverse().map((status) => ({
      fill: colour(`--status-${kebab(status)}`),
      width: 0,
      points: { show: false },
      ...(stepped && { paths: stepped }),
    }));
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = {
      stroke: colour("--ink-soft"),
      font,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    this.#chart = new Plot(
      {
        width: Math.max(200, this.element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 8, 0, 0],
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max)] } },
        series: [{}, ...series],
        axes: [
          {
            ...axis,
            size: 24,
            incrs: STEPS,
            values: (_, splits) => splits.map((seconds) => clock(seconds * 1000)),
          },
          { ...axis, size: 44, values: (_, splits) => splits.map((count) => whole(count)) },
        ],
      },
      this.#data(),
      this.element,
    );
  }

  /** Each line is the sum of those below it; the tallest is drawn first, and the others over it. */
  #data(): uPlot.AlignedData {
    const times = this.#samples.map(({ at }) => (at - this.#startedAt) / 1000);
    const sums: number[][] = [];
    let below = this.#samples.map(() => 0);
    for (const status of STATUSES) {
      below = this.#samples.map(({ counts }, index) => (below[index] ?? 0) + counts[status]);
      sums.unshift(below);
    }
    return [times, ...sums];
  }

  #fit(): void {
    const width = this.element.clientWidth;
    if (this.#chart && width > 0 && width !== this.#chart.width)
      this.#chart.setSize({ width, height: HEIGHT });
  }
}

function kebab(status: string): string {
  return status.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function whole(count: number): string {
  return Number.isInteger(count) ? count.toLocaleString() : "";
}
