-- expect: refused
%%%% 督办 ）（
