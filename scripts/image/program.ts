/**
 * The entry of the image: `node program.js NAME …` is the program `apps/NAME`, with what follows as its own parameters.
 *
 * It is laid into `dist` by `npm run build`, and works there only: the programs it starts are built files. They run in this
 * very process, so signals reach them. Exit code 2: there is no program of that name.
 */
import { existsSync } from "node:fs"

const [name = ""] = process.argv.splice(2, 1)
const main = new URL(`apps/${name}/src/main.js`, import.meta.url)

if (/^[a-z-]+$/u.test(name) && existsSync(main)) {
  await import(main.href)
} else {
  console.error(`There is no program ${JSON.stringify(name)}: orders-api, gateway, card-gateway-simulator or cli`)
  process.exitCode = 2
}
