/** The name of a person as that person writes it: one line, at most 200 characters. */
import { Schema } from "effect"
import * as Text from "./Text.ts"

/** The schema of a person's name. */
export const PersonName = Text.line(200).pipe(Schema.brand("PersonName"))
/** The name of a person. */
export type PersonName = typeof PersonName.Type
