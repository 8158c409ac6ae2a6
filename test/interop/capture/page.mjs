// The page that is captured from: sends a drawn film of the size, rate and encodings that its address asks for.
import { Client } from "../call/client.mjs";
import { film } from "../lib/film.mjs";
import { rpc } from "../lib/rpc.mjs";

const wanted = JSON.parse(new URLSearchParams(location.search).get("wanted"));

async function start() {
  window.call = await Client.join(rpc);
  const codecOptions = { videoGoogleStartBitrate: 1000 };
  const { codec, encodings } = wanted;
  await window.call.produce(film(wanted.size, wanted.fps), { codec, encodings, codecOptions });
}

window.started = start().then(
  () => "",
  (error) => String(error),
);
