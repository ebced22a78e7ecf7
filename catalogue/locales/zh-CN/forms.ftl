## 补记、日历、打印
toast-unread = 已恢复为未读
happened-part = 补记
happened = 实际发生时间
happened-hint = 不是现在发生、事后才登记时填写；不能晚于现在。时间线会同时显示发生和登记两个时间。
happened-wrong = 实际发生时间要写成日期和时间，并且不能晚于现在
file-day-wrong = 材料的拍摄或形成日期要写成日期，并且不能晚于今天
print-open = 打印（含密封内容）
clock-provisional = { $year }年日历未公布，暂定
clock-held-until = 至 { $day } 自动恢复
