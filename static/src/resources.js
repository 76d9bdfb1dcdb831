// Pages of the library: upload with drop zone and progress, favorites, the field that depends on another.
import "./resources/upload.js";
import "./behaviors/send-once.js";
import "./resources/cards.js";
import "./resources/read.js";
import "./resources/favorite.js";
import "./resources/visibility.js";
import "./resources/books.js";
import "./resources/review.js";
import "./behaviors/order.js";
import "./resources/import.js";
import "./resources/version.js";
import "./resources/fold.js";
