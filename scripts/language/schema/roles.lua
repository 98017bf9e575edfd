-- The roles of an office: their ids, which never change, and their titles. The host
-- knows the same list (host/casework/rights.c); an office may give titles of its own.

return {
  { "director", "编办主任", "the director" },
  { "deputy", "分管领导", "the deputy in charge" },
  { "section_head", "处室负责人", "the section head" },
  { "clerk", "经办人", "the clerk" },
  { "registry", "综合处", "the registry" },
  { "commission", "编委", "the commission" },
  { "archivist", "档案员", "the archivist" },
  { "reader", "查阅人", "a reader" },
  { "liaison", "联络员", "the liaison" },
  { "principal", "主要负责人", "the principal" },
  { "admin", "系统管理员", "the administrator" },
}
