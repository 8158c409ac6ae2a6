// How a page asks the interop conference (call/server.mjs): by the query of its own address.
export async function rpc(method, body = {}) {
  const answer = await fetch(`/rpc/${method}${location.search}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
  return answer.json();
}
