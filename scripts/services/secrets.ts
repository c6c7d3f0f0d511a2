/**
 * `npm run secrets`: makes `.env`, which docker-compose.yml takes its secrets from, with a random value for every name in
 * `.env.example`. Its owner alone can read it. A file that is there is never changed: its secrets are as old as the data.
 *
 * Exit codes: 0 when it was made, 1 when it is there already.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const example = new URL("../../.env.example", import.meta.url)
const file = fileURLToPath(new URL("../../.env", import.meta.url))

/** The master key is 32 bytes in base64; all others are letters and digits, since some of them stand in URLs. */
const valueOf = (name: string) =>
  name === "EVENTFOLD_MASTER_KEY" ? randomBytes(32).toString("base64") : randomBytes(32).toString("hex")

if (existsSync(file)) {
  console.error(`${file} is there already, and stays as it is.`)
  process.exitCode = 1
} else {
  const names = Array.from(readFileSync(example, "utf8").matchAll(/^(\w+)=$/gmu), ([, name = ""]) => name)
  const lines = names.map((name) => `${name}=${valueOf(name)}\n`)
  writeFileSync(file, lines.join(""), { mode: 0o600, flag: "wx" })
  console.log(`${file} has a random value for ${names.join(", ")}.`)
}
