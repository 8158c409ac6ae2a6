// Waiting for something to become true: the only way in which these tests wait.

/** Returns the first truthy value of `condition`; fails with `what` (text, or a function that makes it) after `limitMs`. */
export async function until(what, condition, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never came true in ${limitMs / 1000} s: ${await describe(what)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function describe(what) {
  return typeof what === "function" ? what() : what;
}
