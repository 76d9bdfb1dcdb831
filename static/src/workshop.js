// Pages of a workshop: unread marks, answering in place, thumbs, sending once, marking.
import "./workshops/unread-rows.js";
import "./workshops/reading.js";
import "./workshops/answering.js";
import "./workshops/likes.js";
import "./behaviors/send-once.js";
import "./workshops/arrivals.js";
import "./workshops/clashes.js";
import "./workshops/marking.js";
import "./workshops/plan-order.js";
import "./workshops/attendance.js";
import "./workshops/sign-in.js";
import "./workshops/record.js";
import "./workshops/points.js";
import "./workshops/bulletin.js";
import "./workshops/photos.js";
import "./workshops/voice.js";
import "./workshops/topic-keys.js";
