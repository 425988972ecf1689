/** A new screen is announced by moving the focus to its title, as soon as there is one. */
let waiting = false;

export function announceScreen(): void {
  waiting = true;
  announceTitle();
}

/** Called by each title when it appears. */
export function announceTitle(): void {
  const title = waiting ? document.getElementById('page-title') : null;
  if (!title) return;
  waiting = false;
  title.focus({ preventScroll: true });
}
