// The network of a test, apart from everything else on the machine: browsers at "home" (this process's namespace) and
// "away", the server behind a bridge. The away side can be cut as a router dies: no carrier is lost, packets just end.
//
//   home 10.77.0.1 --+
//                    +-- bridge 10.77.0.2, the server
//   away 10.77.0.3 --+
//
// This process must already run in a network namespace of its own (isolated.mjs). The two others hold a sleeping child;
// they and all interfaces are gone when it ends, however the test ended.

import { execFileSync, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";

export const serverAddress = "10.77.0.2";
export const homeAddress = "10.77.0.1";
export const awayAddress = "10.77.0.3";

export class Network {
  static async create() {
    const network = new Network();
    network.server = await newNamespace();
    network.away = await newNamespace();
    const inServer = network.inServer();
    ip("link set lo up");
    ip("link set lo up", inServer);
    ip("link add br0 type bridge", inServer);
    ip(`addr add ${serverAddress}/24 dev br0`, inServer);
    ip("link set br0 up", inServer);
    connect("home", homeAddress, network.server.pid, []);
    ip("link set lo up", network.inAway());
    connect("away", awayAddress, network.server.pid, network.inAway());
    return network;
  }

  /** The words that start a command where the server lives, and where the browser does that loses its network. */
  inServer() {
    return ["nsenter", "-t", String(this.server.pid), "-n"];
  }

  inAway() {
    return ["nsenter", "-t", String(this.away.pid), "-n"];
  }

  cutAway() {
    this.setPort(0);
  }

  mendAway() {
    this.setPort(3);
  }

  /** UDP between server and away ends nowhere, as behind some firewalls; TCP goes on. Dropped on the receiving side. */
  blockUdp() {
    for (const [where, from] of this.receivers()) {
      // The table of local addresses is looked up first of all, unless it is moved behind our rule.
      ip("rule add pref 10 lookup local", where);
      ip("rule del pref 0", where);
      ip(`rule add pref 5 from ${from} ipproto udp blackhole`, where);
    }
  }

  allowUdp() {
    for (const [where] of this.receivers()) {
      ip("rule add pref 0 lookup local", where);
      ip("rule del pref 10", where);
      ip("rule del pref 5", where);
    }
  }

  receivers() {
    return [
      [this.inServer(), awayAddress],
      [this.inAway(), serverAddress],
    ];
  }

  close() {
    this.server.kill("SIGKILL");
    this.away.kill("SIGKILL");
  }

  /** A bridge port's state: 0 drops everything, 3 forwards. */
  setPort(state) {
    const [command, ...words] = [...this.inServer(), "bridge", "link", "set", "dev", "to-away", "state", String(state)];
    execFileSync(command, words);
  }
}

async function newNamespace() {
  const child = spawn("unshare", ["-n", "sleep", "3600"], { stdio: "ignore" });
  const own = readlinkSync("/proc/self/ns/net");
  while (namespaceOf(child.pid) === own) await new Promise((resolve) => setImmediate(resolve));
  return child;
}

function namespaceOf(pid) {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

function connect(name, address, serverPid, where) {
  const inServer = ["nsenter", "-t", String(serverPid), "-n"];
  const [pid] = where.length > 0 ? [where[2]] : [String(process.pid)];
  ip(`link add to-${name} type veth peer name eth0 netns ${pid}`, inServer);
  ip(`link set to-${name} master br0 up`, inServer);
  // An address of IPv6 that becomes good a second later is a change of network, which fails what a page loads just then.
  ip("link set eth0 addrgenmode none", where);
  ip(`addr add ${address}/24 dev eth0`, where);
  ip("link set eth0 up", where);
  ip(`route add default via ${serverAddress}`, where);
}

function ip(words, where = []) {
  const [command, ...rest] = [...where, "ip", ...words.split(" ")];
  execFileSync(command, rest);
}
