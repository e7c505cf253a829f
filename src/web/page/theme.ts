/** Dark or light: the system's choice until the reader makes one, which this browser remembers. */

const KEY = 'spreadscope-theme';

function readTheme(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keepTheme(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser without storage forgets the choice with the page.
  }
}

const root = document.documentElement;
const remembered = readTheme();
if (remembered === 'dark' || remembered === 'light') root.dataset.theme = remembered;

document.addEventListener('DOMContentLoaded', () => {
  document.getElementById('theme')?.addEventListener('click', () => {
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
    const current = root.dataset.theme ?? (isDark ? 'dark' : 'light');
    const next = current === 'dark' ? 'light' : 'dark';
    root.dataset.theme = next;
    keepTheme(next);
  });
});
