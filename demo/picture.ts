import { type Turn, wrap } from './conversation.ts';

/** The picture, in CSS pixels: its width, which is that of a README, the height of a line, and what surrounds the text. */
const WIDTH = 800;
const LINE = 19;
const [LEFT, TOP, BAR] = [20, 26, 32];

/** Size of the type in CSS pixels, and the width of a character of any usual monospaced font of that size, at most. */
const SIZE = 13;
const CHARACTER = 0.605 * SIZE;

/** Width of the column of names in characters, and maximum length of a line beside it. */
const NAME = 8;
const LINE_MAX = Math.floor((WIDTH - 2 * LEFT) / CHARACTER) - NAME;

/** How long a turn stays alone before the next begins, in seconds: a part for each line that is read, and for each character typed. */
const [PAUSE, READ, TYPED] = [0.9, 0.35, 0.06];

/** How long the whole conversation stays before it begins anew, in seconds, and how often it is played. */
const [REST, TIMES] = [8, 3];

/** A turn as it is drawn. */
interface Drawn {
  readonly turn: Turn;
  readonly lines: readonly string[];
  /** When it appears, in seconds. */
  readonly at: number;
  /** The number of its first line. */
  readonly from: number;
}

/**
 * Returns an animated SVG of a conversation, without script: each turn appears when its time has come, what a person types character by
 * character, and all of it stays at the end. Where less motion is preferred, all of it is there from the start.
 */
export function drawPicture(
  turns: readonly Turn[],
  { title, description }: { title: string; description: string },
): string {
  const drawn: Drawn[] = [];
  let [at, from] = [0.4, 0];
  for (const turn of turns) {
    const lines = wrap(turn.text, LINE_MAX);
    drawn.push({ turn, lines, at, from });
    at += PAUSE + READ * lines.length + (turn.who === 'human' ? TYPED * turn.text.length : 0);
    from += lines.length;
  }
  const total = at + REST;
  const height = BAR + TOP + from * LINE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">${escapeXml(title)}</title>
<desc id="d">${escapeXml(description)}</desc>
<style>
${STYLE}
@media (prefers-reduced-motion: no-preference) {
.turn, .human .said { animation-duration: ${round(total)}s; animation-iteration-count: ${TIMES}; animation-fill-mode: both; animation-timing-function: step-end }
${drawn.map((each, index) => keyframes(each, index, total)).join('\n')}
}
</style>
<rect class="window" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
<text class="name" x="${LEFT}" y="21">${escapeXml(title)}</text>
<path class="line" d="M0 ${BAR}.5H${WIDTH}"/>
${drawn.map(drawTurn).join('\n')}
</svg>
`;
}

const STYLE = `text { font: ${SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre; fill: #1f2328 }
.window { fill: #f6f8fa; stroke: #d1d9e0 }
.line { stroke: #d1d9e0 }
.name { fill: #59636e }
.agent .name { fill: #0550ae }
.server .name { fill: #6639ba }
.human { fill: #7d4e00 }
.human .name, .human tspan { fill: #7d4e00; font-weight: 700 }
.no { fill: #b3151f; font-weight: 700 }
.yes { fill: #116329; font-weight: 700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.window { fill: #0d1117; stroke: #3d444d }
.line { stroke: #3d444d }
.name { fill: #9198a1 }
.agent .name { fill: #79c0ff }
.server .name { fill: #d2a8ff }
.human .name, .human tspan { fill: #f0b72f }
.no { fill: #ff7b72 }
.yes { fill: #7ee787 }
}`;

/** Returns the rules that show a turn at its time, and reveal what a person types character by character. */
function keyframes({ turn, at }: Drawn, index: number, total: number): string {
  const percent = (seconds: number) => `${round((100 * seconds) / total)}%`;
  const rules = [
    `#t${index} { animation-name: k${index} }`,
    `@keyframes k${index} { 0% { opacity: 0 } ${percent(at)} { opacity: 1 } }`,
  ];
  if (turn.who === 'human') {
    const { length } = turn.text;
    const hidden = 'clip-path: inset(0 100% 0 0)';
    const typed = `${percent(at + PAUSE / 2 + TYPED * length)} { clip-path: inset(0 0 0 0) }`;
    const start = `${percent(at + PAUSE / 2)} { ${hidden}; animation-timing-function: steps(${length}, end) }`;
    rules.push(
      `#t${index} .said { animation-name: s${index} }`,
      `@keyframes s${index} { 0% { ${hidden} } ${start} ${typed} }`,
    );
  }
  return rules.join('\n');
}

function drawTurn({ turn, lines, from }: Drawn, index: number): string {
  const y = (line: number) => BAR + TOP + (from + line) * LINE;
  const x = round(LEFT + NAME * CHARACTER);
  const spans = lines.map((line, at) => `<tspan x="${x}" y="${y(at)}"${classOf(turn, at)}>${escapeXml(line)}</tspan>`);
  const name = `<text class="name" x="${LEFT}" y="${y(0)}">${turn.who}</text>`;
  return `<g id="t${index}" class="turn ${turn.who}">${name}<text class="said">${spans.join('')}</text></g>`;
}

/** Returns the class of a line that says what became of a delete. */
function classOf({ who, text }: Turn, line: number): string {
  if (who !== 'server' || line > 0) return '';
  if (text.startsWith('refuses')) return ' class="no"';
  return text.startsWith('deleted') ? ' class="yes"' : '';
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
