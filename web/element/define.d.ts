// Importing digit-vae/define registers <digit-vae>, unless another script did.
export {};
