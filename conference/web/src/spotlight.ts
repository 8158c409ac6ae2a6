// Who is shown large: whoever was pinned, else who speaks, else who was so before. Calm: who speaks takes another's place
// at the earliest two seconds after that one took it. Pure: time comes in.

/** In ms. */
const leastStay = 2_000;

export interface Candidates<Person> {
  /** In the order of the tiles; ourselves are not among them. */
  others: readonly Person[];
  /** Who has the floor; may be ourselves, or somebody who is not here any more. */
  speaker: Person | undefined;
  pinned: Person | undefined;
}

export class Spotlight<Person extends { cameraOn: boolean }> {
  private shown: Person | undefined;
  private sinceMs = Number.NEGATIVE_INFINITY;

  /** To be asked again while time passes: a change may have been put off. */
  choose({ others, speaker, pinned }: Candidates<Person>, nowMs: number): Person | undefined {
    const here = (person: Person | undefined) => (person && others.includes(person) ? person : undefined);
    const stays = here(this.shown);
    const speaks = here(speaker);
    if (here(pinned)) this.show(pinned, nowMs);
    else if (!stays) this.show(speaks ?? others.find(({ cameraOn }) => cameraOn) ?? others[0], nowMs);
    else if (speaks && nowMs - this.sinceMs >= leastStay) this.show(speaks, nowMs);
    return this.shown;
  }

  private show(person: Person | undefined, nowMs: number): void {
    if (person === this.shown) return;
    this.shown = person;
    this.sinceMs = nowMs;
  }
}
