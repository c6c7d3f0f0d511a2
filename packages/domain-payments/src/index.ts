/** The payments context: what is authorised, captured and refunded, and the port to a card gateway. */
