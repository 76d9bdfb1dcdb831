"""What is said in the film of 《草船借箭》, second by second, as the recording machine of the school wrote it down."""

from __future__ import annotations

from yanxiu.core.subtitles import Cue

_LINES = (
    (2, 6, "同学们，看黑板上的课题：草船借箭。"),
    (6, 10, "看到这个题目，你想问什么？"),
    (10, 14, "谁借箭？向谁借？"),
    (16, 21, "请大家自由读课文，想一想：事情的起因是什么？"),
    (24, 30, "周瑜要诸葛亮十天造十万支箭，诸葛亮说三天就够。"),
    (36, 41, "小组讨论：诸葛亮为什么敢立军令状？"),
    (46, 52, "他算准了三天以后江上有大雾。"),
    (54, 60, "他还知道鲁肃会守住秘密，曹操生性多疑。"),
    (63, 69, "找一找写人物说话的句子，读出他的语气。"),
    (71, 78, "“雾这样大，曹操一定不敢派兵出来。”"),
    (81, 86, "今天我们从起因读到结果，看到了诸葛亮的神机妙算。"),
    (86, 89, "回去想一想：换了你，会怎么做？"),
)
SPOKEN = tuple(Cue(begins * 1000, ends * 1000, words) for begins, ends, words in _LINES)
