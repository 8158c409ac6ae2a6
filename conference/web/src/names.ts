// What rooms and participants may be called, and suggestions for both.

/** The server's own rules (docs/signalling.md): asked here first, so that the answer comes while typing. */
const roomPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const longestName = 64;

const adjectives = ["quiet", "bright", "amber", "northern", "early", "silver", "gentle", "open", "green", "clear"];
const nouns = ["harbour", "meadow", "river", "lantern", "orchard", "bridge", "island", "garden", "canyon", "forest"];

export function suggestRooms(count: number): string[] {
  const rooms = new Set<string>();
  while (rooms.size < count) rooms.add(`${pick(adjectives)}-${pick(nouns)}`);
  return [...rooms];
}

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "";
}

/** "Team Meeting" -> "team-meeting": what somebody types, as a room's name. */
export function toRoomName(text: string): string {
  return text
    .trim()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);
}

/** Why the room cannot be used, or nothing. */
export function roomProblem(room: string): string | undefined {
  if (roomPattern.test(room)) return undefined;
  return "A room's name has 1 to 64 letters, digits, dots, dashes or underscores, and begins with a letter or digit.";
}

export function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "Please enter your name.";
  if (name.trim().length > longestName) return `A name has at most ${longestName} characters.`;
  return undefined;
}

/** One or two letters for the picture of somebody whose camera is off. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("");
}

/** A hue 0..359 that is always the same for a name. */
export function hue(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100003;
  return (hash * 137) % 360;
}
