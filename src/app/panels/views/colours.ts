/** Teacher amber for the views that both networks see (the two global ones), student teal for the student's own. */
export function viewColour(view: number): string {
  return view < 2 ? 'var(--teacher)' : 'var(--student)';
}
