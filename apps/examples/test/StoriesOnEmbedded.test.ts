/** The stories of the examples, on the embedded database. */
import { areToldOn } from "./Stories.ts"

areToldOn("embedded")
