/** The inventory context: what is in stock, and for whom it is reserved. */
