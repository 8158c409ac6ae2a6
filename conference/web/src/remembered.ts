// What the page keeps in the browser for the next time. Some browsers are told to keep nothing: then nothing is kept.

export function remembered(key: "name" | "view"): string {
  try {
    return localStorage.getItem(`sluice.${key}`) ?? "";
  } catch {
    return "";
  }
}

export function remember(key: "name" | "view", value: string): void {
  try {
    localStorage.setItem(`sluice.${key}`, value);
  } catch {
    // See above.
  }
}
