// The environment of an extractor: a folder with a `node_modules`.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Module } from "node:module";
import path from "node:path";

import { Refused } from "./refused.mjs";

export class Environment {
  constructor(folder) {
    this.modules = path.join(folder, "node_modules");
    // A module that stands in the environment sees what is installed there; Node offers no other
    // way to import by another place's rules, for packages of both kinds and all their exports.
    const inside = new Module(path.join(folder, "inside.cjs"));
    inside.filename = inside.id;
    inside._compile("module.exports = (name) => import(name);", inside.filename);
    this.importInside = inside.exports;
  }

  /** What the package, or a file that it exports, gives: a CommonJS module's exports, or an ES
   * module's namespace. Refused if the package is not in the environment, even where Node would
   * find it in a folder above. */
  async import(name) {
    const [, owner] = /^((?:@[^/]+\/)?[^/]+)/.exec(name);
    if (this.release(owner) === null) throw new Refused(`the package ${owner} is not installed`);
    const module = await this.importInside(name);
    return module.default ?? module;
  }

  /** The release of an installed package, null if it is not there. */
  release(name) {
    const file = path.join(this.modules, name, "package.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : null;
  }

  /** Release by package; one that is inside another, because it needs another release than the
   * rest, is `OUTER>INNER`. */
  releases() {
    const found = [...releasesIn(this.modules, "")];
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function* releasesIn(folder, prefix) {
  for (const name of packagesIn(folder)) {
    const home = path.join(folder, name);
    const file = path.join(home, "package.json");
    if (!existsSync(file)) continue;
    yield [prefix + name, JSON.parse(readFileSync(file, "utf8")).version];
    yield* releasesIn(path.join(home, "node_modules"), `${prefix}${name}>`);
  }
}

function* packagesIn(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith("@")) {
      for (const scoped of readdirSync(path.join(folder, name))) yield `${name}/${scoped}`;
    } else if (!name.startsWith(".")) yield name;
  }
}
