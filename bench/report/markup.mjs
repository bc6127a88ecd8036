/**
 * HTML that cannot forget to escape: what is put into the template is text, unless it is markup itself.
 *
 *     html`<p>${title}</p>`    // title is escaped
 *     html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
 */

class Markup {
  #source;

  constructor(source) {
    this.#source = source;
  }

  toString() {
    return this.#source;
  }
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Strings and numbers are escaped, lists joined; null, undefined and false leave nothing. */
export function html(literals, ...values) {
  return new Markup(literals.reduce((source, literal, place) => source + embed(values[place - 1]) + literal));
}

/** Takes the text as markup: for our own style sheet alone, never for what comes from a file. */
export const trusted = (source) => new Markup(source);

function embed(value) {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(embed).join("");
  if (value === undefined || value === null || value === false) return "";
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
