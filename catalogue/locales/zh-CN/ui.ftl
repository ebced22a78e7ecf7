# 界面骨架与部件的用语。键名与 en/ui.ftl 相同。

## 外壳
brand = 清廉
skip = 跳到正文
search = 搜索
search-hint = 搜索编号、事项、科室
areas = 工作区
items = 件
more = 更多
fold = 收起
unfold = 展开
theme = 外观
theme-auto = 跟随系统
theme-light = 浅色
theme-dark = 深色
sign-out = 退出登录
close = 关闭
cancel = 取消
dialog = 对话框
print = 打印
printed-by = 打印人 { $by }

## 快捷键
keys-title = 快捷键
keys-find = 搜索
keys-move = 下一条，上一条
keys-open = 打开这一条
keys-edit = 编辑这一条
keys-pick = 选中或取消选中
keys-close = 关闭面板、菜单或对话框
keys-help = 显示本说明
keys-on = 使用单键快捷键
key-move = 上下
key-open = 打开
key-edit = 编辑
key-help = 帮助

## 清单
filters-used = 已用筛选：
filter-add = 添加筛选
filter-apply = 筛选
filters-clear = 清除
filter-drop = 去掉筛选：{ $label } { $value }
columns = 列
columns-choose = 显示哪些列
columns-apply = 应用
pages = 分页
pages-range = 第 { $first }–{ $last } 件，共 { $total } 件
pages-filtered = 第 { $first }–{ $last } 件，筛选后共 { $total } 件
page-prev = 上一页
page-next = 下一页
pick-all = 选择本页全部
pick-one = 选择 { $id }
picked = 已选 { "{n}" } 件
picked-hint = 勾选后可一并办理，下一步先预览
move-to = 移动到…

## 条目
owner = 承办
lately = 最近动态
open-page = 整页打开
unseal = 查看（会被记录）
list-comma = 、
label-colon = { $label }：
in-brackets = （{ $text }）
emptied = （清空）
chain-held = 已验
chain-broken = 校验未通过，请联系管理员
chain-head = 链首
chain-checked = 截至 { $when }
act-not-open = { $label }：{ $why }

## 表单
optional = （选填）
seen-by = 谁能看到：{ $who }
seen-by-these = “{ $labels }”谁能看到：{ $who }
seen-by-answer = 由“{ $label }”决定，当事人不在其中
choose = 请选择
choose-none = 不选
unit-yuan = 元
faults-kept = 没有存下
faults = 有 { $n } 处需要更正
file-keep = 保留
file-too-big = { $name } 超过 { $limit }，请换一个小一些的文件
row-drop = 移除
row-nth = 第 { $n } 行
find-in = 查找{ $label }
find-go = 查找
find-none = 没有找到，换个说法试试
find-more = 还有更多，请再写几个字
found = 查找结果
pick-nobody = 不选
stale-table = 改动对照
stale-field = 字段
stale-mine = 您填的
stale-theirs = 现在的
stale-use-theirs = 用现在的
stale-use-mine = 用我的
undo = 撤销
undo-left = （{ $n } 秒）

## 图与表
define = 定义与分母
plot = { $title }，图
figure-data = 数据表与口径
csv = 下载 CSV
wall-dept = 科室
wall-task = 任务
wall-owner = 负责人
wall-plan = 计划
wall-done = 实际
wall-drift = 偏差
wall-lamp = 状态

## 公众页面与登录
quick-exit = 快速离开
public-foot = 本页不留 Cookie，不记录您的网络地址，不引用外部内容。
door-foot = 忘记密码或更换手机，请找系统管理员。
copy = 复制
copied = 已复制
clock-provisional-why = 这一年的放假调休安排尚未公布，期限先按周末推算，公布后可能变动
file-day = 拍摄或形成日期（可不填）
