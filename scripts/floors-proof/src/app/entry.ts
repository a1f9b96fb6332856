// Part of the small house with known violations that `scripts/floors.mjs` must find.
import '../recipe/leans';
