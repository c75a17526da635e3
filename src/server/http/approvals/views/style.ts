/** The style of every page. Its hash is in the Content-Security-Policy, so a page has it as it stands here. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --ground: #fff; --soft: #f1f1f4; --line: #75757d; --link: #0a4fa3;
  --danger: #a3121f; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf1; --ground: #17171b; --soft: #26262c; --line: #94949e; --link: #8fc1ff; --danger: #ff9c9c;
    --on: #17171b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
header, main { width: calc(100% - 2rem); max-width: 44rem; margin: 0 auto; padding: 1rem 0; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between;
  border-bottom: 1px solid var(--line); }
header p, header form { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: var(--link); }
dl { margin: 0; }
dl > div { padding: .5rem 0; border-bottom: 1px solid var(--soft); }
dt { font-weight: 600; }
dd { margin: 0; }
code { font: .95em ui-monospace, monospace; unicode-bidi: isolate-override; }
.status, .error { padding: .75rem 1rem; border-left: .3rem solid var(--link); background: var(--soft); }
.error { margin-bottom: 1.5rem; border-color: var(--danger); }
.error h2, .error p { margin: 0; }
.list { list-style: none; padding: 0; }
.list li { padding: .75rem 0; border-bottom: 1px solid var(--line); }
.list p { margin: 0; }
label { display: block; margin-top: 1rem; font-weight: 600; }
.hint { margin: 0 0 .35rem; }
input, textarea { width: 100%; padding: .6rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .25rem; }
[aria-invalid] { border: 2px solid var(--danger); }
button, .button { display: inline-block; min-height: 2.75rem; margin-top: 1rem; padding: .55rem 1.1rem; font: inherit;
  font-weight: 600; color: var(--on); background: var(--link); border: 2px solid transparent; border-radius: .25rem;
  text-decoration: none; cursor: pointer; }
button.danger { background: var(--danger); }
button.plain { margin: 0; color: var(--text); background: var(--soft); border-color: var(--line); }
:focus-visible { outline: .2rem solid var(--link); outline-offset: .15rem; }
@media (min-width: 40rem) { dl > div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; } }
`;
