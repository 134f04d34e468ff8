/**
 * A text as it may reach a terminal: colours and the moves by which a picture is drawn anew stay, `\t`, `\n` and `\r\n` too. Every other control character, which a terminal
 * would obey (titles, the clipboard, clearing, a line written over another), is shown as `\xNN`: names and sentences of packages and clusters are somebody else's words.
 */
export function obeyed(text: string): string {
  return text.replace(CONTROL, (found) => (KEPT.test(found) ? found : written(found)));
}

/** What kplan itself writes: colours, so many lines up, erase the rest of the line or of the screen, always from the left edge. */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  /\r\n|\u001B\[[0-9;]*m|(?:\u001B\[\d+A)?\r?\u001B\[[JK]|\u001B\[\d+A|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
const KEPT = /^..+$/s;

function written(control: string): string {
  return `\\x${control.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
