(* copy.ml WAY IN OUT *)
let way, source, target = Sys.argv.(1), Sys.argv.(2), Sys.argv.(3)
let size = 65536

let rec calls i o b =
  match Unix.read i b 0 size with
  | 0 -> ()
  | n -> ignore (Unix.write o b 0 n); calls i o b

let rec channels i o b =
  match input i b 0 size with
  | 0 -> ()
  | n -> output o b 0 n; channels i o b

let with_calls () =
  let o = Unix.openfile target [ Unix.O_WRONLY; Unix.O_CREAT; Unix.O_TRUNC ] 0o644 in
  calls (Unix.openfile source [ Unix.O_RDONLY ] 0) o (Bytes.create size)

let with_channels copy =
  let i = open_in_bin source and o = open_out_bin target in
  copy i o (Bytes.create size);
  close_out o

let whole i o _ = output_string o (really_input_string i (in_channel_length i))

let lines i o _ =
  try while true do output_string o (input_line i); output_char o '\n' done
  with End_of_file -> ()

let () =
  match way with
  | "calls" -> with_calls ()
  | "blocks" -> with_channels channels
  | "whole" -> with_channels whole
  | "lines" -> with_channels lines
  | _ -> exit 2
